// What the parser's script for fish leaves out.

enum FishCompletion {
  /// The script, a function around one of its own, and what may be a first word.
  static func completed(_ script: String) -> String { script + "\n" + wrapper }

  private static var wrapper: String {
    """
    # The words with the command that is meant: run needs not be named.
    functions -e __mmq_typed_tokens
    functions -c __mmq_tokens __mmq_typed_tokens
    function __mmq_tokens
        set -l tokens (__mmq_typed_tokens $argv)
        if contains -- "$argv" -p -pc
            set -l before (__mmq_typed_tokens -pc)
            set -l first (__mmq_typed_tokens -p)[2]
            if not contains -- "$first" '' \(CompletionScript.commands)
                and test (count $before) -gt 1 -o "$(string sub -l 1 -- "$first")" = -
                set tokens $tokens[1] run $tokens[2..]
            end
        end
        test (count $tokens) -gt 0; and printf '%s\\n' $tokens
    end

    complete -c 'mmq' -n '__mmq_should_offer_completions_for_positional "mmq" -eq 1' -F
    complete -c 'mmq' -n '__mmq_should_offer_completions_for_positional "mmq help" -eq 1' -fa '\(CompletionScript.commands)'
    """
  }
}

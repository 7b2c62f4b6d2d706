// What the parser's script for zsh leaves out.

enum ZshCompletion {
  /// The last lines of a script, which run or register its functions.
  private static let end = "if [[ \"${funcstack[1]}\" = _mmq ]]; then"

  /// The script, with functions around two of its own.
  static func completed(_ script: String) -> String {
    guard let place = script.firstRange(of: end)?.lowerBound else { return script }
    return script[..<place] + wrapper + "\n" + script[place...]
  }

  private static var wrapper: String {
    """
    # Scripts are files, as zsh completes them; of recipe the first word is a recipe.
    functions[__mmq_asked]="${functions[__mmq_custom_complete]}"
    __mmq_custom_complete() {
        if [[ "${2}" == run || "${2}" == recipe && "${current_word_index}" -ne 2 ]]; then
            _files
        else
            __mmq_asked "${@}"
        fi
    }

    # The words with the command that is meant.
    functions[__mmq_named]="${functions[_mmq]}"
    _mmq() {
        local -a commands=(\(CompletionScript.commands))
        local -i ret=1
        if [[ "${words[2]}" == help && "${CURRENT}" -eq 3 ]]; then
            compadd -- "${commands[@]}"
            return
        fi
        if [[ "${words[2]}" == -* || "${CURRENT}" -gt 2 ]] && ! ((${commands[(Ie)${words[2]}]})); then
            words=("${words[1]}" run "${(@)words[2,-1]}")
            ((CURRENT++))
        fi
        __mmq_named "${@}" && ret=0
        if ((CURRENT == 2)); then
            _files && ret=0
        fi
        return "${ret}"
    }

    """
  }
}

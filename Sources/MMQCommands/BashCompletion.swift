// What the parser's script for bash leaves out.

enum BashCompletion {
  /// The script, and a function around it. bash cuts words at colons, which names of events have; and `run`
  /// needs not be named.
  static func completed(_ script: String) -> String {
    script + "\n" + wrapper
  }

  private static var wrapper: String {
    """
    # Words as mmq gets them: with their colons, and with the command that is meant.
    _mmq_whole_words() {
        local commands='\(CompletionScript.commands)'
        local -a words=()
        local -i index cursor=0
        local glue=false
        for ((index = 0; index < ${#COMP_WORDS[@]}; index++)); do
            if [[ "${COMP_WORDS[index]}" == : ]] || "${glue}"; then
                words[${#words[@]} - 1]+="${COMP_WORDS[index]}"
            else
                words+=("${COMP_WORDS[index]}")
            fi
            [[ "${COMP_WORDS[index]}" == : ]] && glue=true || glue=false
            ((index == COMP_CWORD)) && cursor=${#words[@]}-1
        done

        if [[ "${words[1]}" == help && "${cursor}" -eq 2 ]]; then
            COMPREPLY=($(compgen -W "${commands}" -- "${words[2]}"))
            return
        fi
        if [[ " ${commands} " != *" ${words[1]} "* ]] && [[ "${words[1]}" == -* || "${cursor}" -gt 1 ]]; then
            words=("${words[0]}" run "${words[@]:1}")
            cursor+=1
        fi

        local -r word="${words[cursor]}"
        local -r before="${words[*]:0:cursor}"
        COMP_WORDS=("${words[@]}")
        COMP_CWORD=${cursor}
        COMP_LINE="${words[*]}"
        COMP_POINT=$((${#before} + 1 + ${#word}))
        _mmq "${1}" "${word}" "${words[cursor - 1]}"

        # What stands before the last colon is not replaced.
        if [[ "${word}" == *:* ]]; then
            COMPREPLY=("${COMPREPLY[@]#"${word%"${word##*:}"}"}")
        fi
    }

    complete -o bashdefault -o default -o filenames -F _mmq_whole_words mmq
    """
  }
}

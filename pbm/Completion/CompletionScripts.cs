namespace Realtime.Pbm.Completion;

/// <summary>
/// What shells are told: they pass the line and the place of the cursor to pbm's <c>[suggest]</c> directive, which answers a word per
/// line. The first word is replaced, because the program may have been called by a path or an alias.
/// </summary>
internal static class CompletionScripts
{
    private const string Bash = """
        # pbm completion for bash: source <(pbm completion bash)
        _pbm() {
            local current="${COMP_WORDS[COMP_CWORD]}" word words options=() line
            line="${COMP_LINE:0:COMP_POINT}"
            line="pbm${line#"${COMP_WORDS[0]}"}"
            local IFS=$'\n'
            words=($("${COMP_WORDS[0]}" "[suggest:${#line}]" "${line}" 2>/dev/null))
            COMPREPLY=()
            for word in "${words[@]}"; do
                [[ "${word}" == "${current}"* ]] || continue
                if [[ "${word}" == [-/]* ]]; then options+=("${word}"); else COMPREPLY+=("${word}"); fi
            done
            # Options only when asked for, or when there is nothing else to say.
            if [[ "${current}" == -* || ${#COMPREPLY[@]} -eq 0 ]]; then COMPREPLY+=("${options[@]}"); fi
        }
        complete -F _pbm pbm

        """;

    private const string Zsh = """
        #compdef pbm
        # pbm completion for zsh: pbm completion zsh > "${fpath[1]}/_pbm"
        _pbm() {
            local line="pbm ${(j: :)words[2,CURRENT]}"
            local -a found
            found=("${(@f)$("${words[1]}" "[suggest:${#line}]" "${line}" 2>/dev/null)}")
            compadd -- "${(@)found:#}"
        }
        if [ "${funcstack[1]}" = "_pbm" ]; then
            _pbm "$@"
        else
            compdef _pbm pbm
        fi

        """;

    private const string Fish = """
        # pbm completion for fish: pbm completion fish > ~/.config/fish/completions/pbm.fish
        function __pbm_complete
            set -l tokens (commandline -opc) (commandline -ct)
            set -l line (string join ' ' pbm $tokens[2..-1])
            pbm "[suggest:"(string length -- "$line")"]" "$line" 2>/dev/null
        end
        complete -c pbm -f -a '(__pbm_complete)'

        """;

    private const string Pwsh = """
        # pbm completion for PowerShell: pbm completion pwsh | Out-String | Invoke-Expression
        Register-ArgumentCompleter -Native -CommandName pbm -ScriptBlock {
            param($wordToComplete, $commandAst, $cursorPosition)
            $elements = @($commandAst.CommandElements | Where-Object { $_.Extent.StartOffset -lt $cursorPosition })
            $program = $elements[0].Extent.Text
            $line = 'pbm' + (-join ($elements | Select-Object -Skip 1 | ForEach-Object { ' ' + $_.Extent.Text }))
            if ($wordToComplete -eq '') { $line += ' ' }
            & $program "[suggest:$($line.Length)]" $line 2>$null | Where-Object { $_ -like "$wordToComplete*" } | ForEach-Object {
                [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
            }
        }

        """;

    public static IReadOnlyList<string> Shells { get; } = ["bash", "zsh", "fish", "pwsh"];

    public static string For(string shell) => shell switch
    {
        "bash" => Bash,
        "zsh" => Zsh,
        "fish" => Fish,
        "pwsh" => Pwsh,
        _ => throw new ArgumentOutOfRangeException(nameof(shell), shell, "no such shell"),
    };
}

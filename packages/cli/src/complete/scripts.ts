/** Shells that completion can be set up in. */
export const SHELLS = ["bash", "zsh", "fish", "powershell"] as const;

export type Shell = (typeof SHELLS)[number];

/** The line that says that names of files fit. */
export const FILES_LINE = ":files";

/** What a shell has to run once: it asks `somakit complete` for every word, and adds names of files where these fit. */
export const scripts: Readonly<Record<Shell, string>> = {
  bash: `# bash completion of somakit: eval "$(somakit completion bash)", in ~/.bashrc
_somakit() {
  local line
  COMPREPLY=()
  while IFS= read -r line; do
    if [[ $line == '${FILES_LINE}' ]]; then
      compopt -o default 2>/dev/null
    else
      COMPREPLY+=("\${line%%$'\\t'*}")
    fi
  done < <(somakit complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -F _somakit somakit
`,
  zsh: `#compdef somakit
# zsh completion of somakit: eval "$(somakit completion zsh)", in ~/.zshrc behind compinit
_somakit() {
  local line files
  local -a found
  while IFS= read -r line; do
    if [[ $line == '${FILES_LINE}' ]]; then
      files=1
    else
      found+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
    fi
  done < <(somakit complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)
  (( $#found )) && _describe 'somakit' found
  [[ -n $files ]] && _files
}
compdef _somakit somakit
`,
  fish: `# fish completion of somakit: somakit completion fish > ~/.config/fish/completions/somakit.fish
function __somakit_complete
    set -l words (commandline -opc) (commandline -ct)
    for line in (somakit complete -- $words[2..-1] 2>/dev/null)
        if test "$line" = '${FILES_LINE}'
            __fish_complete_path (commandline -ct)
        else
            echo $line
        end
    end
end
complete -c somakit -f -a '(__somakit_complete)'
`,
  powershell: `# PowerShell completion of somakit: somakit completion powershell | Out-String | Invoke-Expression, in $PROFILE
Register-ArgumentCompleter -Native -CommandName somakit -ScriptBlock {
    param($word, $ast, $position)
    $words = @($ast.CommandElements | Select-Object -Skip 1 | ForEach-Object { $_.ToString() })
    # An empty word would be lost on its way.
    $next = if ($word -eq '') { @('--next') } else { @() }
    somakit complete @next -- @words 2>$null | ForEach-Object {
        if ($_ -eq '${FILES_LINE}') {
            [System.Management.Automation.CompletionCompleters]::CompleteFilename($word)
        } else {
            $value, $meaning = $_ -split "\`t", 2
            if (-not $meaning) { $meaning = $value }
            [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $meaning)
        }
    }
}
`,
};

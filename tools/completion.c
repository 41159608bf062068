#include "verbs.h"

#include <stdio.h>
#include <string.h>

/*
 * The scripts know nothing of the verbs: they ask the program that is installed, so they never lag behind it. Bash
 * breaks words at '=' and ':', which keys of samples have in them; the script joins them again.
 */
static const char bash[] = //
    "# Completion of assay(1) for bash; 'assay completion bash' prints it.\n"
    "_assay() {\n"
    "    local IFS=$'\\n' word line rest= kind= i\n"
    "    local -a words=() found=()\n"
    "    for ((i = 1; i <= COMP_CWORD; i++)); do\n"
    "        word=${COMP_WORDS[i]}\n"
    "        if ((${#words[@]} > 0)) && [[ $word == [=:]* || ${words[-1]} == *[=:] && $i -gt 1 && ${COMP_WORDS[i-1]} "
    "== [=:]* ]]; then\n"
    "            words[-1]+=$word\n"
    "        else\n"
    "            words+=(\"$word\")\n"
    "        fi\n"
    "    done\n"
    "    ((${#words[@]} > 0)) || words=('')\n"
    "    word=${words[-1]}\n"
    "    # Bash puts what is found after the last break; the part before it is taken off again.\n"
    "    [[ $word == *[=:]* ]] && rest=${word%\"${word##*[=:]}\"}\n"
    "    for ((i = 0; i < ${#words[@]}; i++)); do\n"
    "        # What is typed is quoted; the program wants the word itself.\n"
    "        case ${words[i]} in\n"
    "        \\'*) words[i]=${words[i]#\\'} && words[i]=${words[i]%\\'} ;;\n"
    "        \\\"*) words[i]=${words[i]#\\\"} && words[i]=${words[i]%\\\"} ;;\n"
    "        *) words[i]=${words[i]//\\\\/} ;;\n"
    "        esac\n"
    "    done\n"
    "    while IFS= read -r line; do\n"
    "        if [[ $line == :* ]]; then\n"
    "            kind=$line\n"
    "        else\n"
    "            line=${line%%$'\\t'*}\n"
    "            line=${line#\"$rest\"}\n"
    "            case ${COMP_WORDS[COMP_CWORD]} in\n"
    "            [\\'\\\"]*) found+=(\"$line\") ;;\n"
    "            *) printf -v line %q \"$line\" && found+=(\"$line\") ;;\n"
    "            esac\n"
    "        fi\n"
    "    done < <(\"${COMP_WORDS[0]}\" __complete -- \"${words[@]}\" 2>/dev/null)\n"
    "    COMPREPLY=(\"${found[@]}\")\n"
    "    [[ $kind == :files ]] && COMPREPLY+=($(compgen -f -- \"$word\")) && compopt -o filenames 2>/dev/null\n"
    "    [[ $kind == :dirs ]] && COMPREPLY+=($(compgen -d -- \"$word\")) && compopt -o filenames 2>/dev/null\n"
    "    return 0\n"
    "}\n"
    "complete -F _assay assay\n";

static const char zsh[] = //
    "#compdef assay\n"
    "# Completion of assay(1) for zsh; 'assay completion zsh' prints it.\n"
    "_assay() {\n"
    "    local line word kind\n"
    "    local -a found\n"
    "    while IFS= read -r line; do\n"
    "        if [[ $line == :* ]]; then\n"
    "            kind=$line\n"
    "        else\n"
    "            word=${line%%$'\\t'*}\n"
    "            found+=(\"${word//:/\\\\:}:${line#*$'\\t'}\")\n"
    "        fi\n"
    "    done < <(\"${words[1]}\" __complete -- \"${(@Q)words[2,CURRENT]}\" 2>/dev/null)\n"
    "    (( ${#found} )) && _describe -t words assay found\n"
    "    [[ $kind == :files ]] && _files\n"
    "    [[ $kind == :dirs ]] && _files -/\n"
    "    return 0\n"
    "}\n"
    "if [[ $zsh_eval_context[-1] == loadautofunc ]]; then _assay \"$@\"; else compdef _assay assay; fi\n";

static const char fish[] = //
    "# Completion of assay(1) for fish; 'assay completion fish' prints it.\n"
    "function __assay_complete\n"
    "    set -l words (commandline -opc)\n"
    "    set -l typed (commandline -ct)\n"
    "    for line in ($words[1] __complete -- $words[2..-1] $typed 2>/dev/null)\n"
    "        switch $line\n"
    "            case ':files'\n"
    "                __fish_complete_path $typed\n"
    "            case ':dirs'\n"
    "                __fish_complete_directories $typed\n"
    "            case ':none'\n"
    "            case '*'\n"
    "                echo $line\n"
    "        end\n"
    "    end\n"
    "end\n"
    "complete -c assay -f -a '(__assay_complete)'\n";

static const struct {
	const char *name, *script;
} shells[] = {{"bash", bash}, {"zsh", zsh}, {"fish", fish}};

static int run(const assay_invocation *in, assay_err *err)
{
	for (size_t i = 0; i < ASSAY_COUNT(shells); i++)
		if (strcmp(shells[i].name, in->args[0]) == 0) {
			(void)fputs(shells[i].script, stdout);
			return ASSAY_EXIT_OK;
		}
	return assay_exit_of(
	    ASSAY_RAISE(err, ASSAY_EUSAGE, "completion: '%s' is none of bash, zsh, fish", in->args[0]));
}

const assay_verb assay_verb_completion = {
    .name = "completion",
    .group = ASSAY_GROUP_LEARN,
    .operands = "bash|zsh|fish",
    .min_args = 1,
    .max_args = 1,
    .summary = "a script that lets a shell complete the words of assay",
    .help =
	"Verbs, options, values, and from the store tags, versions, keys of samples, paths and tickets. The script\n"
	"asks the program for them, which reads a store without a lock and looks at 20000 rows at most.\n"
	"bash: source it from ~/.bashrc, or put it into /usr/share/bash-completion/completions/assay.\n"
	"zsh: put it as _assay into a folder of $fpath. fish: put it into ~/.config/fish/completions/assay.fish.\n",
    .example = "  source <(assay completion bash)\n"
	       "  assay completion zsh > ~/.zfunc/_assay\n",
    .see_also = "help",
    .plain = true,
    .run = run,
};

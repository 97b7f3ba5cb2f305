using System.CommandLine;
using Realtime.Pbm.Completion;

namespace Realtime.Pbm.Verbs;

/// <summary><c>pbm completion SHELL</c></summary>
internal static class CompletionVerb
{
    public static Verb Create(VerbRunner runner)
    {
        var shell = new Argument<string>("SHELL") { Description = string.Join(", ", CompletionScripts.Shells) };
        shell.AcceptOnlyFromAmong([.. CompletionScripts.Shells]);
        return runner.Local(
            "completion",
            "Prints a script that lets a shell complete verbs, options and names of nodes. Names come from the cluster that PBM_URL or --url names.",
            ["source <(pbm completion bash)", "pbm completion zsh > \"${fpath[1]}/_pbm\"", "pbm completion fish > ~/.config/fish/completions/pbm.fish", "pbm completion pwsh | Out-String | Invoke-Expression"],
            [shell],
            parsed => runner.Around.Output.Write(CompletionScripts.For(parsed.GetRequiredValue(shell))));
    }
}

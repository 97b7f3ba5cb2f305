using System.Diagnostics;
using Realtime.Pbm.Completion;
using Realtime.Tests.Support;

namespace Realtime.Tests.Pbm;

/// <summary>Shell completion, with the real shell and the real program.</summary>
public sealed class CompletionTests
{
    [Theory]
    [InlineData("pbm cluster sh", "show")]
    [InlineData("pbm clu", "cluster cluster-sharding")]
    [InlineData("pbm node drain ", "node-1 node-2 node-3")]
    [InlineData("pbm node drain node-3", "node-3")]
    [InlineData("pbm cluster-sharding move 17 --to node-", "node-1 node-2 node-3")]
    [InlineData("pbm session list --sta", "--state")]
    [InlineData("pbm session list --state ", "attached detached parked")]
    public async Task Bash_completes(string line, string words)
    {
        var bash = Required.Find("bash");
        Required.OrSkip(bash is null ? "bash is not here" : null);
        await using var api = await PlayedApi.StartWholeAsync();
        using var folder = new Hosting.TemporaryDirectory();
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "completion"), CompletionScripts.For("bash"));
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "pbm"), $"#!{bash}\nexec dotnet '{Path.Combine(AppContext.BaseDirectory, "pbm.dll")}' \"$@\"\n");
        await File.WriteAllTextAsync(
            Path.Combine(folder.Path, "try"),
            """
            chmod +x ./pbm
            PATH="$PWD:$PATH"
            source ./completion
            COMP_LINE="$1" COMP_POINT=${#1}
            read -r -a COMP_WORDS <<< "$1"
            [[ "$1" == *' ' ]] && COMP_WORDS+=("")
            COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
            complete -p pbm > /dev/null || exit 1
            _pbm
            echo "${COMPREPLY[@]}"
            """);

        var start = new ProcessStartInfo(bash!, ["./try", line]) { WorkingDirectory = folder.Path, RedirectStandardOutput = true };
        start.Environment["PBM_URL"] = api.Url;
        using var process = Process.Start(start)!;
        var said = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken).Within("bash");
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).Within("the end of bash");

        process.ExitCode.ShouldBe(0);
        said.Trim().ShouldBe(words);
    }

    [Fact]
    public async Task Every_shell_has_a_script_that_asks_pbm()
    {
        await using var api = await PlayedApi.StartAsync();
        foreach (var shell in CompletionScripts.Shells)
        {
            var run = await PbmRun.Of(api, "completion", shell);

            run.Code.ShouldBe(0);
            run.Output.ShouldContain("[suggest:");
            run.Output.ShouldNotContain("\r");
        }
    }
}

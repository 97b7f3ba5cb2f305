using System.Diagnostics;
using Realtime.Tests.Support;

namespace Realtime.Tests.Clients.JavaScript;

/// <summary>The JavaScript client's own tests, so that one command runs everything.</summary>
public sealed class JavaScriptUnitTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task The_client_passes_its_own_tests()
    {
        Required.OrSkip(NodeJs.Missing);
        var files = Directory.GetFiles(Path.Combine(SourceTree.Root, "clients", "js", "test"), "*.test.mjs");
        files.ShouldNotBeEmpty();
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(Patience);
        using var node = Process.Start(NodeJs.Command(["--test", .. files]))!;
        try
        {
            node.StandardInput.Close();
            var output = node.StandardOutput.ReadToEndAsync(deadline.Token);
            var faults = node.StandardError.ReadToEndAsync(deadline.Token);
            await node.WaitForExitAsync(deadline.Token);

            node.ExitCode.ShouldBe(0, $"{await output}\n{await faults}");
        }
        finally
        {
            node.Kill(entireProcessTree: true);
        }
    }
}

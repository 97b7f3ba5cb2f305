using System.Diagnostics;
using System.Text.Json;
using Realtime.Tests.Support;

namespace Realtime.Tests.Clients.JavaScript;

/// <summary>The JavaScript client's own tests and the check of its declared types, so that one command runs everything.</summary>
public sealed class JavaScriptUnitTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly string Client = Path.Combine(SourceTree.Root, "clients", "js");
    private static readonly string Compiler = Path.Combine(Client, "node_modules", "typescript", "bin", "tsc");

    [Fact]
    public async Task The_client_passes_its_own_tests()
    {
        Required.OrSkip(NodeJs.Missing);
        var files = Directory.GetFiles(Path.Combine(Client, "test"), "*.test.mjs");
        files.ShouldNotBeEmpty();

        await RunAsync(["--test", .. files]);
    }

    [Fact]
    public async Task The_declared_types_fit_a_program_that_uses_them_all()
    {
        Required.OrSkip(NodeJs.Missing);
        Required.OrSkip(File.Exists(Compiler) ? null : "TypeScript is not installed: `npm install` in clients/js brings it");
        using var package = JsonDocument.Parse(await File.ReadAllBytesAsync(Path.Combine(Client, "package.json")));
        var check = package.RootElement.GetProperty("scripts").GetProperty("check").GetString()!.Split(' ');
        check[0].ShouldBe("tsc");

        await RunAsync([Compiler, .. check[1..]]);
    }

    private static async Task RunAsync(string[] arguments)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(Patience);
        var command = NodeJs.Command(arguments);
        command.WorkingDirectory = Client;
        using var node = Process.Start(command)!;
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

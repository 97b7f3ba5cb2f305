namespace Realtime.Tests.Hosting;

/// <summary>Command line over environment over appsettings.{Environment}.json over appsettings.json over the code's defaults.</summary>
public sealed class PrecedenceTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(0, "8080")]
    [InlineData(1, "1001")]
    [InlineData(2, "1002")]
    [InlineData(3, "1003")]
    [InlineData(4, "1004")]
    public async Task The_nearest_source_wins(int sources, string port)
    {
        var environment = new Dictionary<string, string> { ["DOTNET_CONTENTROOT"] = _directory.Path, ["DOTNET_ENVIRONMENT"] = "Staging" };
        if (sources >= 1)
        {
            await WriteAsync("appsettings.json", 1001);
        }

        if (sources >= 2)
        {
            await WriteAsync("appsettings.Staging.json", 1002);
        }

        // Another environment's file never counts.
        await WriteAsync("appsettings.Development.json", 1999);
        if (sources >= 3)
        {
            environment["REALTIME__PORT"] = "1003";
        }

        var (code, output, faults) = await NodeProcess.RunAsync(_directory.Path, environment, sources >= 4 ? ["--check-config", "--port", "1004"] : ["--check-config"]);

        faults.ShouldBeEmpty();
        code.ShouldBe(0);
        output.ShouldContain(line => line.StartsWith($"Realtime:Port = {port}  # ", StringComparison.Ordinal));
    }

    private Task WriteAsync(string file, int port) =>
        File.WriteAllTextAsync(_directory.File(file), $$"""{ "Realtime": { "Port": {{port}} } }""", TestContext.Current.CancellationToken);
}

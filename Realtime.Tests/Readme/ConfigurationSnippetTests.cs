using System.Text.Json;
using System.Text.RegularExpressions;
using Realtime.Tests.Architecture;
using Realtime.Tests.Hosting;

namespace Realtime.Tests.Readme;

/// <summary>Configuration that a page shows is given to <c>--check-config</c>.</summary>
public sealed partial class ConfigurationSnippetTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task The_readme_s_configuration_has_no_fault_and_is_what_a_node_runs_by()
    {
        var json = ReadmePage.Of("README.md").Snippets.Where(snippet => snippet.Language == "json").ShouldHaveSingleItem().Text;
        await File.WriteAllTextAsync(_directory.File("appsettings.json"), json, TestContext.Current.CancellationToken);

        var output = await CheckAsync(new() { ["DOTNET_CONTENTROOT"] = _directory.Path });

        using var settings = JsonDocument.Parse(json);
        foreach (var entry in settings.RootElement.GetProperty("Realtime").GetProperty("Namespaces").EnumerateObject())
        {
            output.ShouldContain(line => line.StartsWith($"Realtime:Namespaces:{entry.Name}:", StringComparison.Ordinal) && line.EndsWith("# appsettings.json", StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("README.md")]
    [InlineData("docs/configuration.md")]
    public async Task Variables_of_the_environment_have_no_fault_and_count(string page)
    {
        var variables = Variable().Matches(RepositoryFiles.Get(page).Text).Select(match => (Name: match.Groups[1].Value, Value: match.Groups[2].Value.Trim('\''))).ToList();
        variables.ShouldNotBeEmpty();

        var output = await CheckAsync(variables.ToDictionary(variable => variable.Name, variable => variable.Value));

        foreach (var (name, _) in variables)
        {
            output.ShouldContain(
                line => line.StartsWith(name.Replace("__", ":", StringComparison.Ordinal) + " = ", StringComparison.OrdinalIgnoreCase) && line.EndsWith("# environment", StringComparison.Ordinal), name);
        }
    }

    private async Task<IReadOnlyList<string>> CheckAsync(Dictionary<string, string> environment)
    {
        var (code, output, faults) = await NodeProcess.RunAsync(_directory.Path, environment, "--check-config");
        code.ShouldBe(0, string.Join('\n', faults));
        return output;
    }

    [GeneratedRegex(@"\b(REALTIME__\w+)=('[^']*'|[^\s`]+)")]
    private static partial Regex Variable();
}

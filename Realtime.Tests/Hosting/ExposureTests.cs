using System.Text.Json;

namespace Realtime.Tests.Hosting;

/// <summary>A node that strangers can reach says what they may write.</summary>
public sealed class ExposureTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_node_beyond_loopback_warns_once_and_lists_what_anonymous_clients_may_write()
    {
        var warnings = await WarningsAsync("*", ("POLL__PUBLISH", "Users"), ("NEWS__PUBLISH", "Subscribers"), ("STAFF__PUBLISH", "Subscribers"), ("STAFF__SUBSCRIBE", "Users"));

        var listed = warnings.ShouldHaveSingleItem().GetProperty("Namespaces").GetString()!.Split(", ");
        listed.ShouldContain("chat");
        listed.ShouldContain("news");
        listed.ShouldNotContain("poll");
        listed.ShouldNotContain("staff");
        listed.ShouldNotContain("@");
    }

    [Fact]
    public async Task A_node_on_loopback_does_not_warn() => (await WarningsAsync("localhost")).ShouldBeEmpty();

    [Fact]
    public async Task A_node_that_lets_no_anonymous_client_write_does_not_warn() => (await WarningsAsync(
        "*", [.. new[] { "CHAT", "ROOM", "CURSORS", "DEFAULT", "PRICES" }.Select(name => ($"{name}__PUBLISH", "Users"))],
        emptyRoot: true)).ShouldBeEmpty();

    private Task<List<JsonElement>> WarningsAsync(string address, params (string Name, string Value)[] namespaces) => WarningsAsync(address, namespaces, emptyRoot: false);

    private async Task<List<JsonElement>> WarningsAsync(string address, (string Name, string Value)[] namespaces, bool emptyRoot)
    {
        var environment = namespaces.ToDictionary(option => "REALTIME__NAMESPACES__" + option.Name, option => option.Value);
        environment["REALTIME__ADDRESS"] = address;
        if (emptyRoot)
        {
            // Without the shipped appsettings.json only what is said here exists.
            environment["DOTNET_CONTENTROOT"] = _directory.Path;
        }

        await using var node = NodeProcess.Start(_directory.Path, environment, "--store", "memory", "--port", "0");
        await node.UrlAsync();
        return [.. node.Output.Where(line => line.StartsWith('{')).Select(line => JsonDocument.Parse(line).RootElement)
            .Where(line => line.TryGetProperty("EventId", out var id) && id.GetProperty("Name").GetString() == "AnonymousWriters")];
    }
}

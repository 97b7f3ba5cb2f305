using System.Text.Json;

namespace Realtime.Tests.Clients.JavaScript;

/// <summary>A client in a Node process that may hold many.</summary>
internal sealed class NodeJsDriver : JavaScriptDriver
{
    private readonly NodeJs _node;
    private readonly Uri _url;
    private readonly int _client;

    private NodeJsDriver(NodeJs node, Uri url)
    {
        _node = node;
        _url = url;
        _client = node.NextClient();
    }

    public static async Task<NodeJsDriver> OpenAsync(NodeJs node, Uri url, string? record = null)
    {
        var driver = new NodeJsDriver(node, url);
        await driver.CallAsync("open", url, record);
        return driver;
    }

    public override async ValueTask DisposeAsync() => await CallAsync("disconnect");

    protected override Task<JsonElement> CallAsync(string method, params object?[] given) => _node.CallAsync(_client, method, given);

    protected override async Task<IClientDriver> OpenAsync(string record) => await OpenAsync(_node, _url, record);
}

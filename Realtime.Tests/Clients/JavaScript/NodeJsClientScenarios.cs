namespace Realtime.Tests.Clients.JavaScript;

public sealed class NodeJsClientScenarios(ScenarioServer server, NodeJs node) : ClientScenarios(server), IClassFixture<ScenarioServer>, IClassFixture<NodeJs>
{
    protected override string? Missing => NodeJs.Missing;

    protected override async Task<IClientDriver> OpenAsync(Uri url) => await NodeJsDriver.OpenAsync(node, url);
}

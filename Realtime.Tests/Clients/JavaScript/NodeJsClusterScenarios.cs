namespace Realtime.Tests.Clients.JavaScript;

[Collection(ActorSystems.Name)]
public sealed class NodeJsClusterScenarios(NodeJs node) : ClusterScenarios, IClassFixture<NodeJs>
{
    protected override string? Missing => NodeJs.Missing;

    protected override async Task<IClientDriver> OpenAsync(Uri url) => await NodeJsDriver.OpenAsync(node, url);
}

namespace Realtime.Tests.Clients.DotNet;

[Collection(ActorSystems.Name)]
public sealed class DotNetClusterScenarios : ClusterScenarios
{
    protected override Task<IClientDriver> OpenAsync(Uri url) => Task.FromResult<IClientDriver>(new DotNetClientDriver(url));
}

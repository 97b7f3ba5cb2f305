namespace Realtime.Tests.Clients.DotNet;

public sealed class DotNetClientScenarios(ScenarioServer server) : ClientScenarios(server), IClassFixture<ScenarioServer>
{
    protected override Task<IClientDriver> OpenAsync(Uri url) => Task.FromResult<IClientDriver>(new DotNetClientDriver(url));
}

using Realtime.Node.Application.Calls;
using Realtime.Node.Telemetry.Metrics;
using Realtime.Node.Webhooks.Decisions;
using Realtime.Node.Webhooks.Http;

namespace Realtime.Node.Webhooks;

/// <summary>The configured endpoints with their connections.</summary>
internal sealed class WebhookEndpoints(
    WebhookSettings settings, IHostAddresses hosts, string version, WebhookInstruments metrics, TimeProvider time, ILoggerFactory loggers) : IDisposable
{
    private readonly GuardedConnect _connect = new(new AddressRules(settings.AllowsLoopback, settings.AllowsPrivate, settings.AllowedNetworks), hosts);
    private readonly List<WebhookClient> _clients = [];

    /// <returns>Null: none decides anything.</returns>
    public WebhookDesk? Decisions(Func<StoredCalls> calls)
    {
        var deciding = settings.Endpoints.Where(endpoint => endpoint.Has(WebhookHooks.Decisions)).Select(Deciding).ToList();
        return deciding.Count == 0 ? null : new WebhookDesk(deciding, calls);
    }

    public void Dispose() => _clients.ForEach(client => client.Dispose());

    private DecidingEndpoint Deciding(WebhookEndpoint endpoint)
    {
        var client = WebhookClient.OfDecisions(endpoint, _connect, version, time);
        _clients.Add(client);
        metrics.Observe(endpoint.Name, "decisions", () => client.IsBroken);
        return new DecidingEndpoint(endpoint, client, metrics, new EndpointTrouble(endpoint.Name, loggers.CreateLogger<EndpointTrouble>()), time);
    }
}

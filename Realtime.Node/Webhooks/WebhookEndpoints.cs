using Realtime.Node.Application.Calls;
using Realtime.Node.Telemetry.Metrics;
using Realtime.Node.Webhooks.Decisions;
using Realtime.Node.Webhooks.Events;
using Realtime.Node.Webhooks.Http;

namespace Realtime.Node.Webhooks;

/// <summary>The configured endpoints with their connections.</summary>
internal sealed class WebhookEndpoints : IDisposable
{
    private readonly WebhookSettings _settings;
    private readonly WebhookInstruments _metrics;
    private readonly TimeProvider _time;
    private readonly GuardedConnect _connect;
    private readonly string _version;
    private readonly ILoggerFactory _loggers;
    private readonly List<WebhookClient> _clients = [];

    public WebhookEndpoints(
        WebhookSettings settings, IHostAddresses hosts, string version, WebhookInstruments metrics, TimeProvider time, ILoggerFactory loggers)
    {
        (_settings, _version, _metrics, _time, _loggers) = (settings, version, metrics, time, loggers);
        _connect = new GuardedConnect(new AddressRules(settings.AllowsLoopback, settings.AllowsPrivate, settings.AllowedNetworks), hosts);
        Targets = [.. settings.Endpoints.Where(endpoint => endpoint.Has(WebhookHooks.Events)).Select(Target)];
    }

    /// <summary>Those that take events.</summary>
    public IReadOnlyList<WebhookTarget> Targets { get; }

    /// <returns>Null: none decides anything.</returns>
    public WebhookDesk? Decisions(Func<StoredCalls> calls)
    {
        var deciding = _settings.Endpoints.Where(endpoint => endpoint.Has(WebhookHooks.Decisions)).Select(Deciding).ToList();
        return deciding.Count == 0 ? null : new WebhookDesk(deciding, calls);
    }

    public void Dispose() => _clients.ForEach(client => client.Dispose());

    private DecidingEndpoint Deciding(WebhookEndpoint endpoint) =>
        new(endpoint, Known(endpoint, "decisions", WebhookClient.OfDecisions(endpoint, _connect, _version, _time)), _metrics, Trouble(endpoint), _time);

    private WebhookTarget Target(WebhookEndpoint endpoint) =>
        new(endpoint, Known(endpoint, "events", WebhookClient.OfEvents(endpoint, _connect, _version, _time)), Trouble(endpoint));

    private EndpointTrouble Trouble(WebhookEndpoint endpoint) => new(endpoint.Name, _loggers.CreateLogger<EndpointTrouble>());

    private WebhookClient Known(WebhookEndpoint endpoint, string kind, WebhookClient client)
    {
        _clients.Add(client);
        _metrics.Observe(endpoint.Name, kind, () => client.IsBroken);
        return client;
    }
}

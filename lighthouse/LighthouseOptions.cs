using Realtime.Node.Telemetry;

namespace Realtime.Lighthouse;

/// <summary>What an operator may write under <c>Lighthouse</c>. Unknown keys are faults.</summary>
internal sealed class LighthouseOptions
{
    public const string Section = "Lighthouse";

    /// <summary>Where to listen: <c>localhost</c>, <c>*</c> for every address, or one IP address. Default <c>localhost</c>.</summary>
    public string? Address { get; set; } = "localhost";

    /// <summary>TCP port, 0 to 65,535; 0 lets the system choose. Default 8090.</summary>
    public int Port { get; set; } = 8090;

    /// <summary>The nodes' store: <c>sqlite:PATH</c> (relative to the current directory) or <c>postgres:CONNECTION</c>. Default <c>sqlite:data/realtime.db</c>.</summary>
    public string? Store { get; set; } = "sqlite:data/realtime.db";

    /// <summary>
    /// Origins of pages that may ask where to connect, as <c>https://app.example.com</c>, or <c>*</c> for any; a list, or one text with
    /// commas. Default none.
    /// </summary>
    public IList<string> Origins { get; set; } = [];

    /// <summary>
    /// Where clients are sent when no node has an address of its own, as <c>wss://realtime.example.com</c>: the nodes' load balancer.
    /// Default none: they are told to ask again.
    /// </summary>
    public string? ClientUrl { get; set; }

    /// <summary>Answers of <c>GET /v1/gateway</c> per second, and four times as many at once, 1 to 1,000,000. Default 5000.</summary>
    public int GatewayRequests { get; set; } = 5_000;

    /// <summary>TCP connections at a time, 1 to 1,000,000; beyond it they are closed at once. Default 10,000.</summary>
    public int MaxConnections { get; set; } = 10_000;

    /// <summary>Who may read <c>GET /v1/cluster</c>, which names the nodes' addresses: <c>Loopback</c> or <c>Everyone</c>. Default <c>Loopback</c>.</summary>
    public Audience Cluster { get; set; } = Audience.Loopback;

    public OperatorOptions Operator { get; set; } = new();

    public LogOptions Log { get; set; } = new();
}

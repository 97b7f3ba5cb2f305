using Realtime.Node.Telemetry;

namespace Realtime.Node.Hosting.Configuration;

/// <summary>
/// What an operator may write under <c>Realtime</c>. Durations: <c>250ms</c>, <c>10s</c>, <c>5m</c>, <c>2h</c>, <c>7d</c> or
/// <c>00:00:10</c>. Sizes: bytes, or <c>64KiB</c>, <c>16MiB</c>. Unknown keys are faults.
/// </summary>
public sealed class RealtimeOptions
{
    public const string Section = "Realtime";

    /// <summary>The node's name: 1 to 64 letters, digits, <c>.</c>, <c>_</c>, <c>-</c>; unique in a cluster, stable over restarts. Default <c>node-0</c>.</summary>
    public string? Node { get; set; } = "node-0";

    /// <summary>
    /// Where to listen: <c>localhost</c>, <c>*</c> for every address, or one IP address. Default <c>localhost</c>, because the shipped
    /// namespaces let anybody publish.
    /// </summary>
    public string? Address { get; set; } = "localhost";

    /// <summary>TCP port for clients, 0 to 65,535; 0 lets the system choose, and the log says which. Default 8080.</summary>
    public int Port { get; set; } = 8080;

    /// <summary>
    /// Where logs and sessions are: <c>sqlite:PATH</c> (relative to the current directory), <c>postgres:CONNECTION</c> or <c>memory</c> (nothing outlives the
    /// process). CONNECTION is a URL (<c>postgres://user:password@host:5432/database</c>) or Npgsql's own (<c>postgres:Host=…;Username=…;Database=…</c>); several
    /// hosts are tried for the one that takes writes. The password is in no log; the environment keeps it out of the list of processes as well. Default
    /// <c>sqlite:data/realtime.db</c>.
    /// </summary>
    public string? Store { get; set; } = "sqlite:data/realtime.db";

    /// <summary>Sockets at a time, 1 to 1,000,000; beyond it a TCP connection is closed at once. Default 50,000.</summary>
    public int MaxConnections { get; set; } = 50_000;

    /// <summary>
    /// Origins of pages that may connect beside those of the cluster's own nodes, as <c>https://app.example.com</c>, or <c>*</c> for any; a list, or one
    /// text with commas. Ports may be left out where they are the usual ones; letter case and names beyond ASCII do not matter. Programs that are not browsers send no origin and are not concerned. A node that
    /// listens on loopback also answers at its own port to these names, beside <c>localhost</c> and the host of <c>Cluster:ClientUrl</c>, and to no others. Default none.
    /// </summary>
    public IList<string> Origins { get; set; } = [];

    /// <summary>How long the node says goodbye and flushes on SIGTERM before the host stops, 0s to 10m. Default 10s.</summary>
    public TimeSpan StopTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// By name. Names are written in lower case (environment variables have no other case to give): <c>a</c>–<c>z</c>, digits, <c>.</c>,
    /// <c>_</c>, <c>-</c>; <c>@</c> holds the personal channels. <c>default</c> and <c>@</c> exist even when they are not written.
    /// </summary>
    public IDictionary<string, NamespaceOptions> Namespaces { get; set; } = new Dictionary<string, NamespaceOptions>();

    public SessionOptions Sessions { get; set; } = new();

    public ChannelOptions Channels { get; set; } = new();

    public ScheduleOptions Schedules { get; set; } = new();

    public ConnectionOptions Connections { get; set; } = new();

    public AdmissionOptions Admission { get; set; } = new();

    public LimitOptions Limits { get; set; } = new();

    public ClusterOptions Cluster { get; set; } = new();

    public AuthOptions Auth { get; set; } = new();

    public ApiOptions Api { get; set; } = new();

    public WebhookOptions Webhooks { get; set; } = new();

    public OperatorOptions Operator { get; set; } = new();

    public LogOptions Log { get; set; } = new();

    public TelemetryOptions Telemetry { get; set; } = new();
}

using System.Globalization;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Node.Channels;
using Realtime.Node.Configuration;
using Realtime.Node.Connections;
using Realtime.Node.Namespaces;
using Realtime.Node.Persistence.Store;
using Realtime.Node.Schedules.Core;
using Realtime.Node.Sessions;
using Realtime.Node.Telemetry.Otlp;

namespace Realtime.Node.Hosting.Configuration;

/// <summary>What was written, checked, and what the node makes of it.</summary>
public sealed class NodeConfiguration
{
    private NodeConfiguration(RealtimeOptions options, StoreChoice store, NodeSettings settings, OtlpSettings? otlp)
    {
        Options = options;
        Store = store;
        Settings = settings;
        Otlp = otlp;
    }

    public RealtimeOptions Options { get; }

    public StoreChoice Store { get; }

    public NodeSettings Settings { get; }

    /// <summary>Null: nothing is sent.</summary>
    public OtlpSettings? Otlp { get; }

    /// <summary>Reads section <c>Realtime</c>; <paramref name="configure"/> has the last word.</summary>
    /// <param name="isDevelopment">The environment is <c>Development</c>: what is not configured is open.</param>
    /// <exception cref="RealtimeConfigurationException">With every fault there is.</exception>
    public static NodeConfiguration Read(
        IConfiguration configuration, Action<RealtimeOptions>? configure = null, ProgramRole role = ProgramRole.Node, bool isDevelopment = false)
    {
        var faults = new FaultList();
        var options = LighthouseRules.DefaultsOf(role);
        new OptionsReader(faults).Read(configuration, RealtimeOptions.Section, options);
        configure?.Invoke(options);
        foreach (var always in (ReadOnlySpan<string>)[ChannelName.DefaultNamespace, ChannelName.PersonalNamespace])
        {
            options.Namespaces.TryAdd(always, new NamespaceOptions());
        }

        OptionsRules.Check(options, faults);
        WebhookRules.CheckAddresses(options.Webhooks, isDevelopment, faults);
        LighthouseRules.Check(role, options, faults);
        if (faults.All.Count > 0 || !StoreChoice.TryParse(options.Store, out var store))
        {
            throw new RealtimeConfigurationException(faults.All);
        }

        var otlp = options.Telemetry.OtlpEndpoint is null && string.IsNullOrEmpty(configuration[OtlpExport.EndpointVariable]) ? null : ToOtlp(options, configuration);
        var settings = ToSettings(options, store, role, isDevelopment) with
        {
            // Somebody else samples then, and is asked about everything.
            TraceRatio = string.IsNullOrEmpty(configuration[OtlpExport.SamplerVariable]) ? options.Telemetry.TraceRatio : 1,
        };
        return new NodeConfiguration(options, store, settings, otlp);
    }

    private static OtlpSettings ToOtlp(RealtimeOptions options, IConfiguration configuration) => new("realtime", options.Node!, NodeVersion.Text)
    {
        Endpoint = options.Telemetry.OtlpEndpoint is { } endpoint ? new Uri(endpoint) : null,
        Protocol = options.Telemetry.OtlpProtocol ?? (string.IsNullOrEmpty(configuration[OtlpExport.ProtocolVariable]) ? OtlpProtocol.HttpProtobuf : null),
        Headers = options.Telemetry.OtlpHeaders,
    };

    /// <summary>Every option by its name with the value the node runs by, secrets masked.</summary>
    public IEnumerable<KeyValuePair<string, string>> Effective()
    {
        const string StorePath = $"{RealtimeOptions.Section}:{nameof(RealtimeOptions.Store)}";
        foreach (var line in EffectiveConfiguration.Lines(RealtimeOptions.Section, Options))
        {
            var parts = line.Split(" = ", 2);

            // A connection may hold a password.
            yield return KeyValuePair.Create(parts[0], parts[0] == StorePath ? Store.ToString()! : parts[1]);
        }
    }

    /// <summary>Every option with its value and its source, and the rules of each namespace: what <c>--check-config</c> prints.</summary>
    public IEnumerable<string> Report(IConfiguration configuration) =>
    [
        .. EffectiveConfiguration.Report(RealtimeOptions.Section, Options, Derived(), configuration),
        .. NamespaceListing.Lines(Settings.Namespaces.All),
    ];

    /// <summary>What follows from other options, or is printed without its secrets.</summary>
    private Dictionary<string, string> Derived()
    {
        var derived = new Dictionary<string, string> { [$"{RealtimeOptions.Section}:{nameof(RealtimeOptions.Store)}"] = Store.ToString()! };
        if (Settings.Operator is { } own)
        {
            derived[$"{RealtimeOptions.Section}:Operator:Port"] = own.Port.ToString(CultureInfo.InvariantCulture);
        }

        foreach (var policy in Settings.Namespaces.All)
        {
            var path = $"{RealtimeOptions.Section}:Namespaces:{policy.Name}";
            derived[$"{path}:Subscribe"] = policy.Subscribe.ToString();
            derived[$"{path}:Publish"] = policy.Publish.ToString();
            derived[$"{path}:ReadPresence"] = (policy.ReadPresence ?? policy.Subscribe).ToString();
            derived[$"{path}:ReadHistory"] = (policy.ReadHistory ?? policy.Subscribe).ToString();
            derived[$"{path}:Lag"] = policy.Lag.ToString();
            derived[$"{path}:History"] = NamespaceListing.History(policy);
        }

        return derived;
    }

    private static NodeSettings ToSettings(RealtimeOptions options, StoreChoice store, ProgramRole role, bool isDevelopment)
    {
        var namespaces = options.Namespaces.Select(entry => NamespaceRules.ToPolicy(entry.Key, entry.Value, isDevelopment)).ToList();
        return new NodeSettings
        {
            Node = new NodeId(options.Node!),
            Role = role,
            Address = options.Address!,
            Port = options.Port,
            MaxConnections = options.MaxConnections,
            Origins = [.. options.Origins],
            StopTimeout = options.StopTimeout,
            Tokens = AuthRules.ToSettings(options.Auth, isDevelopment),
            Webhooks = WebhookRules.ToSettings(options.Webhooks, isDevelopment),
            Namespaces = new NamespaceTable(namespaces),
            Actors = ClusterRules.ToSettings(options.Cluster, role),
            ClientUrl = role is ProgramRole.Node ? ClusterRules.ClientUrlOf(options, store) : null,
            DrainWindow = options.Cluster.DrainWindow,
            Capacity = role is ProgramRole.Node ? options.Cluster.Capacity : 0,
            Operator = OperatorRules.ToSettings(options),
            Admission = AdmissionRules.ToPolicy(options.Admission),
            Limits = LimitRules.ToPolicy(options),
            Sessions = ToPolicy(options.Sessions) with { Subscriptions = options.Connections.Subscriptions },
            Channels = ToPolicy(options.Channels) with
            {
                UnclaimedGrace = options.Sessions.OrphanGrace,
                VacateAfter = options.Sessions.Grace,
                HistoryBytes = (int)options.Connections.QueueBytes.Bytes / ConnectionPolicy.AnswersInQueue,
            },
            Schedules = new ScheduleBounds { Ahead = options.Schedules.Ahead, Pending = options.Schedules.Pending, PendingPerKey = options.Schedules.PendingPerKey },
            Connections = ToPolicy(options.Connections) with
            {
                TakesAnonymous = options.Auth.Anonymous ?? isDevelopment,
                HidesChannels = !isDevelopment,
                Limits = new SessionLimits(
                    namespaces.Max(policy => policy.MessageBytes),
                    (int)options.Connections.FrameBytes.Bytes,
                    options.Connections.Subscriptions,
                    options.Channels.InFlight,
                    (int)options.Channels.SequenceWindow.TotalSeconds),
            },
        };
    }

    private static SessionPolicy ToPolicy(SessionOptions options) => new()
    {
        Grace = options.Grace,
        TimeToLive = options.TimeToLive,
        WriteBehind = options.WriteBehind,
        StateKeys = options.StateKeys,
        StateBytes = (int)options.StateBytes.Bytes,
    };

    private static ChannelPolicy ToPolicy(ChannelOptions options) => new()
    {
        SequenceWindow = options.SequenceWindow,
        PendingMessages = options.PendingMessages,
        PendingBytes = options.PendingBytes.Bytes,
        PassivateAfter = options.PassivateAfter,
        RecentMessages = options.RecentMessages,
        RecentBytes = (int)options.RecentBytes.Bytes,
    };

    private static ConnectionPolicy ToPolicy(ConnectionOptions options) => new()
    {
        HelloTimeout = options.HelloTimeout,
        HelloBytes = (int)options.HelloBytes.Bytes,
        PingEvery = options.PingEvery,
        PingTimeout = options.PingTimeout,
        CrashWindow = options.CrashWindow,
        CloseTimeout = options.CloseTimeout,
        QueueBytes = (int)options.QueueBytes.Bytes,
        StallTimeout = options.StallTimeout,
        RequestRate = options.RequestRate,
        RequestBurst = options.RequestBurst,
        OpenRequests = options.OpenRequests,
        HistoryPage = options.HistoryPage,
        AnonymousBytes = options.AnonymousBytes.Bytes,
        AnonymousRate = options.AnonymousRate.Bytes,
    };
}

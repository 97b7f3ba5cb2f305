using Realtime.Node.Channels.Core;
using Realtime.Node.Auth;
using Realtime.Node.Configuration;
using Realtime.Node.Gateway;
using Realtime.Node.Persistence.Store;

namespace Realtime.Node.Hosting.Configuration;

/// <summary>The ranges of all options but the namespaces', and the rules between options.</summary>
public static class OptionsRules
{
    private const string Root = RealtimeOptions.Section;
    private const long KiB = 1024;
    private const long MiB = 1024 * KiB;
    private const long GiB = 1024 * MiB;

    public static void Check(RealtimeOptions options, FaultList faults)
    {
        CheckNode(options, faults);
        CheckSessions(options.Sessions, faults);
        CheckChannels(options.Channels, faults);
        CheckSchedules(options.Schedules, faults);
        CheckConnections(options, faults);
        AuthRules.Check(options.Auth, faults);
        CheckTelemetry(options.Telemetry, faults);
        AdmissionRules.Check(options, faults);
        LimitRules.Check(options, faults);
        ClusterRules.Check(options.Cluster, faults);
        OperatorRules.Check(options, faults);
        ApiRules.Check(options.Api, faults);
        WebhookRules.Check(options.Webhooks, faults);
        NamespaceRules.Check(options, faults);
    }

    private static void CheckNode(RealtimeOptions options, FaultList faults)
    {
        if (options.Node is not { Length: >= 1 and <= 64 } node || !node.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-'))
        {
            faults.Add($"{Root}:Node", $"must be 1 to 64 letters, digits, '.', '_' or '-', is '{options.Node}'");
        }

        if (!WebListener.IsAddress(options.Address))
        {
            faults.Add($"{Root}:Address", $"must be localhost, * or an IP address, is '{options.Address}'");
        }

        if (!StoreChoice.TryParse(options.Store, out _))
        {
            faults.Add($"{Root}:Store", StoreChoice.Fault(options.Store, "sqlite:PATH, postgres:CONNECTION or memory"));
        }

        faults.Range($"{Root}:Port", options.Port, 0, 65_535);
        faults.Range($"{Root}:MaxConnections", options.MaxConnections, 1, 1_000_000);
        faults.Range($"{Root}:StopTimeout", options.StopTimeout, TimeSpan.Zero, TimeSpan.FromMinutes(10));
        for (var i = 0; i < options.Origins.Count; i++)
        {
            if (!OriginPolicy.IsOrigin(options.Origins[i]))
            {
                faults.Add($"{Root}:Origins:{i}", $"must be * or an origin such as https://app.example.com, is '{options.Origins[i]}'");
            }
        }
    }

    private static void CheckSessions(SessionOptions options, FaultList faults)
    {
        const string Path = $"{Root}:Sessions";
        faults.Range($"{Path}:Grace", options.Grace, TimeSpan.Zero, TimeSpan.FromMinutes(10));
        faults.Range($"{Path}:OrphanGrace", options.OrphanGrace, TimeSpan.Zero, TimeSpan.FromMinutes(10));
        faults.Range($"{Path}:TimeToLive", options.TimeToLive, TimeSpan.FromSeconds(1), TimeSpan.FromDays(30));
        faults.Range($"{Path}:WriteBehind", options.WriteBehind, TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(250));
        faults.Range($"{Path}:StateKeys", options.StateKeys, 0, 10_000);
        faults.Range($"{Path}:StateBytes", options.StateBytes, 0, MiB);
        if (options.Grace > options.TimeToLive)
        {
            faults.Add($"{Path}:Grace", $"must not be longer than TimeToLive ({DurationText.Format(options.TimeToLive)}), is {DurationText.Format(options.Grace)}");
        }
    }

    private static void CheckChannels(ChannelOptions options, FaultList faults)
    {
        const string Path = $"{Root}:Channels";
        faults.Range($"{Path}:InFlight", options.InFlight, 1, ProducerWindow.Slots);
        faults.Range($"{Path}:SequenceWindow", options.SequenceWindow, TimeSpan.FromSeconds(10), TimeSpan.FromDays(7));
        WholeSeconds($"{Path}:SequenceWindow", options.SequenceWindow, faults);
        faults.Range($"{Path}:PendingMessages", options.PendingMessages, 1, 1_000_000);
        faults.Range($"{Path}:PendingBytes", options.PendingBytes, 64 * KiB, GiB);
        faults.Range($"{Path}:PassivateAfter", options.PassivateAfter, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1));
        faults.Range($"{Path}:RecentMessages", options.RecentMessages, 0, 100_000);
        faults.Range($"{Path}:RecentBytes", options.RecentBytes, 0, 64 * MiB);
    }

    private static void CheckSchedules(ScheduleOptions options, FaultList faults)
    {
        const string Path = $"{Root}:Schedules";
        faults.Range($"{Path}:Ahead", options.Ahead, TimeSpan.FromMinutes(1), TimeSpan.FromDays(366));
        faults.Range($"{Path}:Pending", options.Pending, 1, 1_000_000);
        faults.Range($"{Path}:PendingPerKey", options.PendingPerKey, 1, 1_000_000);
    }

    private static void CheckConnections(RealtimeOptions all, FaultList faults)
    {
        const string Path = $"{Root}:Connections";
        var options = all.Connections;
        faults.Range($"{Path}:HelloTimeout", options.HelloTimeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(60));
        faults.Range($"{Path}:HelloBytes", options.HelloBytes, KiB, MiB);
        faults.Range($"{Path}:FrameBytes", options.FrameBytes, KiB, 32 * MiB);
        faults.Range($"{Path}:Subscriptions", options.Subscriptions, 1, 100_000);
        faults.Range($"{Path}:PingEvery", options.PingEvery, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10));
        WholeSeconds($"{Path}:PingEvery", options.PingEvery, faults);
        faults.Range($"{Path}:PingTimeout", options.PingTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(2));
        WholeSeconds($"{Path}:PingTimeout", options.PingTimeout, faults);
        faults.Range($"{Path}:CrashWindow", options.CrashWindow, TimeSpan.Zero, TimeSpan.FromMinutes(10));
        faults.Range($"{Path}:CloseTimeout", options.CloseTimeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(60));
        faults.Range($"{Path}:QueueBytes", options.QueueBytes, 4 * KiB, 64 * MiB);
        faults.Range($"{Path}:StallTimeout", options.StallTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1));
        faults.Range($"{Path}:RequestRate", options.RequestRate, 1, 1_000_000);
        faults.Range($"{Path}:RequestBurst", options.RequestBurst, 1, 1_000_000);
        faults.Range($"{Path}:OpenRequests", options.OpenRequests, 1, 100_000);
        faults.Range($"{Path}:HistoryPage", options.HistoryPage, 1, 10_000);
        faults.Range($"{Path}:AnonymousBytes", options.AnonymousBytes, 0, GiB);
        faults.Range($"{Path}:AnonymousRate", options.AnonymousRate, KiB, GiB);
        if (options.HelloBytes.Bytes > options.FrameBytes.Bytes)
        {
            faults.Add($"{Path}:HelloBytes", $"must not be larger than FrameBytes ({options.FrameBytes}), is {options.HelloBytes}");
        }

        if (options.QueueBytes.Bytes < options.FrameBytes.Bytes)
        {
            faults.Add($"{Path}:QueueBytes", $"must hold at least one frame (FrameBytes is {options.FrameBytes}), is {options.QueueBytes}");
        }

        if (options.RequestBurst < options.RequestRate)
        {
            faults.Add($"{Path}:RequestBurst", $"must not be less than RequestRate ({options.RequestRate}), is {options.RequestBurst}");
        }

        if (options.OpenRequests < all.Channels.InFlight)
        {
            faults.Add($"{Path}:OpenRequests", $"must not be less than {Root}:Channels:InFlight ({all.Channels.InFlight}), is {options.OpenRequests}");
        }
    }

    private static void CheckTelemetry(TelemetryOptions options, FaultList faults)
    {
        const string Path = $"{Root}:Telemetry";
        if (options.OtlpEndpoint is { } endpoint && !(Uri.TryCreate(endpoint, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"))
        {
            faults.Add($"{Path}:OtlpEndpoint", $"must be an address such as http://collector:4318, is '{endpoint}'");
        }

        faults.Range($"{Path}:TraceRatio", options.TraceRatio, 0.0, 1.0);
    }

    /// <summary>These reach clients as whole seconds (protocol.md, <c>welcome</c>).</summary>
    private static void WholeSeconds(string path, TimeSpan value, FaultList faults)
    {
        if (value.Ticks % TimeSpan.TicksPerSecond != 0)
        {
            faults.Add(path, $"must be in whole seconds, is {DurationText.Format(value)}");
        }
    }
}

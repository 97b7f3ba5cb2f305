using Akka.Configuration;

namespace Realtime.Node.Cluster.Remoting;

/// <summary>What the configuration says of the transport, under the keys of Akka's own one.</summary>
internal sealed record TransportSettings(string Host, string PublicHost, int Port, int? PublicPort)
{
    /// <summary>Of one message with everything around it.</summary>
    public required int FrameBytes { get; init; }

    public required int SendBuffer { get; init; }

    public required int ReceiveBuffer { get; init; }

    public required int Backlog { get; init; }

    /// <summary>Until a connection that is dialled stands, and until one that is accepted has said who it is.</summary>
    public required TimeSpan ConnectTimeout { get; init; }

    /// <summary>Until a connection that is closed has sent what was written before.</summary>
    public TimeSpan FlushTimeout { get; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Bytes that wait to be sent, beyond which nothing more is taken: the rest waits as messages, heartbeats before all others.
    /// </summary>
    public int QueueBytes { get; } = 4 * 1024 * 1024;

    /// <summary>Connections that have not said who they are; beyond it the oldest of them is closed.</summary>
    public int MostPending { get; } = 64;

    public static TransportSettings Read(Config config)
    {
        var host = config.GetString("hostname");
        var publicHost = config.GetString("public-hostname");
        var publicPort = config.GetInt("public-port");
        return new TransportSettings(
            string.IsNullOrWhiteSpace(host) ? "0.0.0.0" : host, string.IsNullOrWhiteSpace(publicHost) ? host : publicHost, config.GetInt("port"),
            publicPort > 0 ? publicPort : null)
        {
            FrameBytes = (int)(config.GetByteSize("maximum-frame-size") ?? throw Missing("maximum-frame-size")),
            SendBuffer = (int)(config.GetByteSize("send-buffer-size") ?? throw Missing("send-buffer-size")),
            ReceiveBuffer = (int)(config.GetByteSize("receive-buffer-size") ?? throw Missing("receive-buffer-size")),
            Backlog = config.GetInt("backlog"),
            ConnectTimeout = config.GetTimeSpan("connection-timeout"),
        };
    }

    private static ConfigurationException Missing(string key) => new($"akka.remote.dot-netty.tcp.{key} is missing");
}

using Microsoft.Extensions.Logging;
using Realtime.Messages.Ids;
using Realtime.Node.Telemetry;

namespace Realtime.Node.Cluster.Allocation;

/// <summary>One line in a node's log when it begins to give its shards away, whoever wants it to, and one when that is over.</summary>
internal sealed partial class DrainLines(NodeId node, TimeProvider time, ILogger log)
{
    private (int Sessions, int Channels, long Since)? _begun;

    /// <summary>Called when the wish or the shards have changed.</summary>
    /// <param name="isStopping">By its process and not by an operator.</param>
    /// <param name="sessions">Shards that it holds.</param>
    public void See(bool isDraining, bool isStopping, int sessions, int channels)
    {
        var left = sessions + channels;
        switch (_begun)
        {
            case null when isDraining && left > 0:
                _begun = (sessions, channels, time.GetTimestamp());
                GivingShardsAway(log, node.Name, sessions, channels, isStopping ? "its process is about to end" : "an operator drains it");
                break;
            case { } begun when isDraining && left == 0:
                _begun = null;
                ShardsGivenAway(log, node.Name, begun.Sessions, begun.Channels, ElapsedMs(begun.Since));
                break;
            case { } begun when !isDraining:
                _begun = null;
                ShardsStay(log, node.Name, left, ElapsedMs(begun.Since));
                break;
        }
    }

    private long ElapsedMs(long since) => (long)time.GetElapsedTime(since).TotalMilliseconds;

    [LoggerMessage(LogEvents.GivingShardsAway, LogLevel.Information, "Shards: {Node} gives {Sessions} session and {Channels} channel shards to other nodes, because {Why}")]
    private static partial void GivingShardsAway(ILogger logger, string node, int sessions, int channels, string why);

    [LoggerMessage(LogEvents.ShardsGivenAway, LogLevel.Information, "Shards: {Node} has given {Sessions} session and {Channels} channel shards to other nodes, in {Elapsed} ms")]
    private static partial void ShardsGivenAway(ILogger logger, string node, int sessions, int channels, long elapsed);

    [LoggerMessage(LogEvents.ShardsStay, LogLevel.Information, "Shards: {Node} keeps the {Left} shards that it has left: its drain was taken back after {Elapsed} ms")]
    private static partial void ShardsStay(ILogger logger, string node, int left, long elapsed);
}

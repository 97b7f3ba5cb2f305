using Akka.Actor;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Realtime.Node.Telemetry;
using Realtime.Node.Telemetry.Metrics;

namespace Realtime.Node.Channels.Keepers;

/// <summary>
/// Counts logs of memory channels that were kept between two owners and are lost, and says so in one line for each event, however many channels it is about. Safe for all threads.
/// </summary>
public sealed partial class LostLogs(ILogger<LostLogs> logger, StripedCounter counter, TimeProvider time)
{
    /// <summary>After so long without a loss the next one of the same node is another event.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<Address, long> _told = [];

    /// <summary>For tests: nothing is logged or exported.</summary>
    internal static LostLogs Off { get; } = new(NullLogger<LostLogs>.Instance, new StripedCounter(), TimeProvider.System);

    /// <summary>One was lost with the node that kept it.</summary>
    internal void With(Address node)
    {
        counter.Add(1);
        if (IsNews(node))
        {
            WithNode(node);
        }
    }

    /// <summary>This node leaves, and no other one has taken so many.</summary>
    internal void Left(int count)
    {
        if (count > 0)
        {
            counter.Add(count);
            TakenByNone(count);
        }
    }

    private bool IsNews(Address node)
    {
        lock (_gate)
        {
            var isNews = !_told.TryGetValue(node, out var last) || time.GetElapsedTime(last) >= Silence;
            _told[node] = time.GetTimestamp();
            foreach (var (old, _) in _told.Where(told => time.GetElapsedTime(told.Value) >= Silence).ToList())
            {
                _told.Remove(old);
            }

            return isNews;
        }
    }

    [LoggerMessage(LogEvents.MemoryLogsLost, LogLevel.Warning, "Logs of Memory channels are lost with {Node}, which kept them until other nodes had them: their channels begin anew")]
    private partial void WithNode(Address node);

    [LoggerMessage(LogEvents.MemoryLogsLeft, LogLevel.Warning, "{Count} logs of Memory channels were taken over by no other node and are lost")]
    private partial void TakenByNone(int count);
}

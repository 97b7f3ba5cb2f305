using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Realtime.Messages.Ids;
using Realtime.Node.Channels.Core;

namespace Realtime.Node.Channels.Keepers;

/// <summary>
/// Logs of memory channels that have stopped on this node and that no successor has taken. As much as the channels held themselves. Shared by the
/// channels, of which one that starts here again takes its log at once, and the <see cref="ChannelKeeper"/>, which gives them to other nodes.
/// </summary>
public sealed class KeptLogs
{
    private readonly ConcurrentDictionary<ChannelName, MemoryLog> _logs = [];

    public bool IsEmpty => _logs.IsEmpty;

    public int Count => _logs.Count;

    internal IEnumerable<ChannelName> Channels => _logs.Keys;

    internal void Leave(ChannelName channel, MemoryLog log) => _logs[channel] = log;

    internal bool TryFind(ChannelName channel, [NotNullWhen(true)] out MemoryLog? log) => _logs.TryGetValue(channel, out log);

    /// <summary>Of several who want it one gets it.</summary>
    internal bool TryTake(ChannelName channel, [NotNullWhen(true)] out MemoryLog? log) => _logs.TryRemove(channel, out log);

    /// <returns>False: somebody else has taken it meanwhile.</returns>
    internal bool TryTake(ChannelName channel, MemoryLog log) => _logs.TryRemove(KeyValuePair.Create(channel, log));
}

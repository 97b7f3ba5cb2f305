using Realtime.Cluster.Journal;
using Realtime.Cluster.Kernel;
using Realtime.Messages.Positions;
using Realtime.Node.Namespaces;

namespace Realtime.Node.Channels;

/// <summary>What every channel of a node shares.</summary>
internal sealed record ChannelServices(
    IJournal Journal,
    NamespaceTable Namespaces,
    ChannelPolicy Policy,
    TimerQueue Timers,
    TimeProvider Time,
    Func<Epoch> MintEpoch,
    ListenerLedger Listeners,
    ChannelLogging Log);

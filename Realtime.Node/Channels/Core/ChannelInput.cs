using Akka.Actor;
using Realtime.Messages.Channels;
using Realtime.Node.Persistence;

namespace Realtime.Node.Channels.Core;

/// <summary>What can happen to a channel.</summary>
public abstract record ChannelInput
{
    private ChannelInput()
    {
    }

    public sealed record Asked(ChannelRequest Request, IActorRef Sender) : ChannelInput
    {
        /// <summary>When a publish arrived, by a monotonic clock; comes back with its answer.</summary>
        public TimeSpan? At { get; init; }

        /// <summary>Of the sender's node, where that is another one.</summary>
        public PeerWindow? Window { get; init; }
    }

    /// <summary>A node has left the cluster.</summary>
    public sealed record NodeRemoved(Address Node) : ChannelInput;

    /// <summary>Feeds whose hubs have not asked for them for a lease are to be let go of.</summary>
    public sealed record Sweep : ChannelInput
    {
        public static Sweep Instance { get; } = new();
    }

    /// <summary>The reports with this tag are written.</summary>
    public sealed record Reported(long Tag) : ChannelInput;

    public sealed record Log(LogNews News) : ChannelInput;

    /// <summary>The append that was the last effect has this number.</summary>
    public sealed record Appended(long Number) : ChannelInput;

    /// <summary>The log of a memory channel's former owner has come; null: there is none, and the log begins here.</summary>
    public sealed record LogTaken(MemoryLog? Taken) : ChannelInput;

    /// <summary>Something may be due.</summary>
    public sealed record Tick : ChannelInput
    {
        public static Tick Instance { get; } = new();
    }

    /// <summary>The channel stops here: nothing new is begun, and what has not begun is given back to its senders.</summary>
    public sealed record Stopping : ChannelInput
    {
        public static Stopping Instance { get; } = new();
    }
}

using Akka.Actor;
using Realtime.Messages.Channels;
using Realtime.Messages.Persisted.Events;
using Realtime.Messages.Sessions;

namespace Realtime.Node.Sessions.Core;

/// <summary>What can happen to a session.</summary>
public abstract record SessionInput
{
    private SessionInput()
    {
    }

    public sealed record Asked(SessionRequest Request, IActorRef From) : SessionInput;

    /// <summary>The actor of a connection has stopped without a word.</summary>
    public sealed record ConnectionStopped(IActorRef Connection) : SessionInput;

    /// <summary>A channel answers a withdrawal.</summary>
    public sealed record ChannelAnswered(ChannelReply Reply) : SessionInput;

    /// <summary>The reports with this tag are written.</summary>
    public sealed record Reported(long Tag) : SessionInput;

    /// <summary>Something may be due.</summary>
    public sealed record Tick : SessionInput;

    /// <summary>The log can be used. The append that was under way, if there was one, is decided.</summary>
    /// <param name="Record">The newest record; null when there is none, or when the session has ended.</param>
    /// <param name="HasEnded">The newest event says that the session has ended.</param>
    /// <param name="IsWritten">Whether the log has any event.</param>
    /// <param name="WasCommitted">Of the append that was under way.</param>
    public sealed record LogRecovered(SessionRecord? Record, bool HasEnded, bool IsWritten, bool WasCommitted) : SessionInput;

    /// <summary>The append under way is on disk.</summary>
    public sealed record LogCommitted : SessionInput;

    /// <param name="NothingWritten">The append that was under way is not written and never will be.</param>
    public sealed record LogUnavailable(TimeSpan RetryAfter, bool IsStoreFull = false, bool NothingWritten = false, bool IsFinal = false) : SessionInput;

    public sealed record LogClosed : SessionInput;

    /// <summary>Another node owns the log.</summary>
    public sealed record LogFenced : SessionInput;

    /// <summary>The shard moves to another node, or this one is leaving.</summary>
    public sealed record HandOff : SessionInput;
}

namespace Realtime.Node.Persistence;

/// <summary>
/// The node's own lease. Asked before every answer of a log, not by a timer: a process that slept finds it expired when it wakes up and
/// acknowledges nothing.
/// </summary>
public interface IWriterLease
{
    bool IsHeld { get; }

    /// <summary>It is never held again: this process can write nothing more, and learns no outcome.</summary>
    bool IsLost => false;
}

using Realtime.Node.Persistence.Events;

namespace Realtime.Node.Persistence.Core;

/// <summary>Looks at events in order until it has what it was asked for.</summary>
internal interface ILogScan
{
    long Tag { get; }

    /// <summary>True: no further event is needed.</summary>
    bool Take(JournalEvent body, long sequenceNr);

    /// <summary>Whether this many bytes more would be of use.</summary>
    long BytesLeft { get; }

    /// <summary>The answer.</summary>
    LogNews Answer();
}

namespace Realtime.Node.Persistence;

/// <summary>
/// What an entity knows of its log when it starts the log's actor, and what outlives that actor.
/// </summary>
/// <param name="Instance">Random, one for each life of the entity.</param>
/// <param name="OwnedThrough">The last event that this life saw as the log's owner; null before its first <see cref="LogNews.Recovered"/>.</param>
/// <param name="AnsweredThrough">Appends up to this number are answered.</param>
/// <param name="SentThrough">Appends up to this number were given to an earlier actor: what lies between has an unknown outcome.</param>
public sealed record LogTenure(ulong Instance, long? OwnedThrough = null, long AnsweredThrough = 0, long SentThrough = 0)
{
    /// <summary>Appends were given to the log and are not answered.</summary>
    public bool HasUnanswered => SentThrough > AnsweredThrough;

    public LogTenure Sent(long number) => this with { SentThrough = number };

    /// <summary>What an answer of the log leaves.</summary>
    public LogTenure After(LogNews news) => news switch
    {
        // Every append that was given away is answered by a recovery, one way or the other.
        LogNews.Recovered recovered => this with { OwnedThrough = recovered.SequenceNr, AnsweredThrough = SentThrough },
        LogNews.Unavailable { NothingWritten: true } or LogNews.Unavailable { IsFinal: true } => this with { AnsweredThrough = SentThrough },
        LogNews.Committed committed => this with { OwnedThrough = committed.SequenceNr, AnsweredThrough = committed.Through },
        _ => this,
    };
}

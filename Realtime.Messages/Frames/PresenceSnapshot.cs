namespace Realtime.Messages.Frames;

/// <summary>
/// Who is on a channel at a revision. <see cref="Members"/> is null above the namespace's roster limit, where only the count is kept
/// up to date for clients.
/// </summary>
public sealed record PresenceSnapshot(IReadOnlyList<Member>? Members, int Count, long Revision)
{
    /// <summary>These are not all members: the others follow, or are there to be asked for.</summary>
    public bool More { get; init; }
}

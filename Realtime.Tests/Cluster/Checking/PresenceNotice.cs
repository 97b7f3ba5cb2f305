namespace Realtime.Tests.Cluster.Checking;

/// <summary>What a server told a reader about who is in the room, frame by frame, before the client made anything of it.</summary>
internal abstract record PresenceNotice(string Reader, int Link, long At)
{
    /// <summary>Everybody.</summary>
    public sealed record Whole(string Reader, int Link, long At, long Revision, IReadOnlyList<string> Names) : PresenceNotice(Reader, Link, At);

    public sealed record Joined(string Reader, int Link, long At, long Revision, IReadOnlyList<string> Names) : PresenceNotice(Reader, Link, At);

    public sealed record Left(string Reader, int Link, long At, long Revision, IReadOnlyList<string> Names) : PresenceNotice(Reader, Link, At);

    public sealed record Changed(string Reader, int Link, long At, long Revision) : PresenceNotice(Reader, Link, At);

    /// <summary>The connection is over; what it told is not known to be true any more.</summary>
    public sealed record Over(string Reader, int Link, long At) : PresenceNotice(Reader, Link, At);
}

namespace Realtime.Client.Core;

/// <summary>A request of the application, from being asked to being answered.</summary>
/// <param name="kind">What it is.</param>
/// <param name="channel">The channel it is about; null when none.</param>
/// <param name="exactlyOnce">Whether it takes a sequence number.</param>
/// <param name="write">Writes its frame from its id and sequence number (0 without one).</param>
internal class Request(RequestKind kind, string? channel, bool exactlyOnce, Func<long, long, ReadOnlyMemory<byte>> write)
{
    public RequestKind Kind => kind;

    public string? Channel => channel;

    public bool ExactlyOnce => exactlyOnce;

    /// <summary>Repeating a publish without a number could publish twice; everything else may be asked again.</summary>
    public bool Repeatable => exactlyOnce || kind != RequestKind.Publish;

    /// <summary>What changes a subscription's own memory once it is granted: see <see cref="SubscriptionBook.Granted"/>.</summary>
    public Func<SubscribeOptions, SubscribeOptions>? Grants { get; init; }

    /// <summary>The token that a granted refresh brings for the session.</summary>
    public string? Token { get; init; }

    public long Id { get; private set; }

    public long Seq { get; private set; }

    public ReadOnlyMemory<byte> Frame { get; private set; }

    /// <summary>The link it was last sent on; 0 when it waits to be sent.</summary>
    public int Link { get; set; }

    /// <summary>Whether it has ever been sent: from then on its effect is unknown until the answer comes.</summary>
    public bool Sent { get; set; }

    /// <summary>When to send it again after a temporary refusal.</summary>
    public TimeSpan? RetryAt { get; set; }

    public int Refusals { get; set; }

    public void Number(long id, long seq)
    {
        Id = id;
        Seq = seq;
        Frame = write(id, seq);
    }
}

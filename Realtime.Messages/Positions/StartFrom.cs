namespace Realtime.Messages.Positions;

/// <summary>Where a subscription or a page of history begins (the <c>from</c> field).</summary>
public abstract record StartFrom
{
    private StartFrom()
    {
    }

    /// <summary>Only what comes from now on.</summary>
    public static StartFrom Live { get; } = new LiveEnd();

    /// <summary>From the first message that is still kept.</summary>
    public static StartFrom Start { get; } = new Beginning();

    public sealed record LiveEnd : StartFrom;

    public sealed record Beginning : StartFrom;

    /// <summary>After this position; answered with <c>recovered</c>.</summary>
    public sealed record At(StreamPosition Position) : StartFrom;

    /// <summary>The last <paramref name="Count"/> messages, then live.</summary>
    public sealed record Last(int Count) : StartFrom;

    /// <summary>What was published in the last <paramref name="Seconds"/> seconds, then live.</summary>
    public sealed record Ago(double Seconds) : StartFrom;
}

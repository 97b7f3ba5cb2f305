namespace Realtime.Client.Core;

/// <summary>A link on its way: being opened, then waiting for its welcome.</summary>
internal sealed class LinkAttempt(int link, TimeSpan deadline)
{
    public int Link => link;

    public TimeSpan Deadline { get; set; } = deadline;

    /// <summary>The hello's id; 0 while the link is being opened.</summary>
    public long Hello { get; set; }
}

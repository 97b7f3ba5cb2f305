namespace Realtime.Client.Core;

/// <summary>The <c>bye</c> under way.</summary>
internal sealed class Parting
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Of the <c>bye</c>; 0 while it is not sent.</summary>
    public long Id { get; private set; }

    public bool Begun => Until is not null;

    /// <summary>Until when its answer is waited for.</summary>
    public TimeSpan? Until { get; private set; }

    public void Begin(TimeSpan now) => Until = now + Patience;

    public void Sent(long id) => Id = id;
}

namespace Realtime.Client.Core;

/// <summary>The <c>bye</c> under way.</summary>
internal sealed class Parting
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public long Id { get; private set; }

    public bool Begun => Id != 0;

    /// <summary>Until when its answer is waited for.</summary>
    public TimeSpan? Until { get; private set; }

    public void Begin(long id, TimeSpan now)
    {
        Id = id;
        Until = now + Patience;
    }
}

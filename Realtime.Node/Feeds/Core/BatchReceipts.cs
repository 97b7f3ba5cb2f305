namespace Realtime.Node.Feeds.Core;

/// <summary>
/// What a feed has taken of the batches of an owner on another node, and when it says so: not for each of them, but before the owner's bound
/// is met; and at once when the owner waits for it.
/// </summary>
internal sealed class BatchReceipts
{
    /// <summary>Taken since it was said last: a part of what the owner lets be untaken. Renewals say the rest.</summary>
    public const long SayEvery = 128 * 1024;

    private long _said;

    /// <summary>Of the last batch that was taken, in the counting of the owner.</summary>
    public long Through { get; private set; }

    /// <summary>The owner sends no batches until it hears of this one.</summary>
    public bool IsHeld { get; private set; }

    /// <summary>Another attempt has begun.</summary>
    public void Restart() => (Through, _said, IsHeld) = (0, 0, false);

    public void Take(long through) => Through = Math.Max(Through, through);

    /// <summary>The owner sends no more until it hears that all is taken: what has not arrived of it never will.</summary>
    public void Hold(long through)
    {
        Take(through);
        IsHeld = true;
    }

    /// <param name="isReady">Whether batches are of use: not while all subscribers read the log.</param>
    /// <returns>What to say to the owner now; null: nothing.</returns>
    public long? Say(bool isReady)
    {
        if (IsHeld ? !isReady : Through - _said < SayEvery)
        {
            return null;
        }

        (_said, IsHeld) = (Through, false);
        return Through;
    }
}

using Realtime.Bench.Wire;

namespace Realtime.Bench.Load;

/// <summary>A way of publishing, driven by the loop: it publishes what is due and says when it wants to be asked again.</summary>
internal interface IPublishing
{
    long NextWake { get; }

    /// <summary>The outcome, once everything published has been delivered or answered, or will not be.</summary>
    LoadEvent.Published? Advance(long now);

    void Answered(LoadConnection connection, ServerFrame frame, long now);
}

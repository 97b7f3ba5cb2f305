namespace Realtime.Node.Persistence;

/// <summary>
/// Which store this is and which of its timelines, as one number. It changes when the store may have lost its end (another system identifier,
/// a promoted replica, a restored backup): logs then begin new epochs.
/// </summary>
public interface IStoreIdentity
{
    ulong Current { get; }
}

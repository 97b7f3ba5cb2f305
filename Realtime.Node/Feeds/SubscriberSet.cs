using Realtime.Node.Feeds.Core;

namespace Realtime.Node.Feeds;

/// <summary>A feed's subscribers: an array without holes, for it is walked through for every batch. Each knows its place.</summary>
internal sealed class SubscriberSet
{
    private Subscriber[] _all = new Subscriber[4];

    public int Length { get; private set; }

    public SubscriberCount Count { get; } = new();

    public ReadOnlySpan<Subscriber> All => _all.AsSpan(0, Length);

    public bool Has(Subscriber subscriber) =>
        (uint)subscriber.Index < (uint)Length && ReferenceEquals(_all[subscriber.Index], subscriber);

    public void Add(Subscriber subscriber)
    {
        if (Length == _all.Length)
        {
            Array.Resize(ref _all, Length * 2);
        }

        subscriber.Index = Length;
        _all[Length++] = subscriber;
        subscriber.Cursor.CountIn(Count);
    }

    public void Remove(Subscriber subscriber)
    {
        var last = _all[--Length];
        _all[subscriber.Index] = last;
        last.Index = subscriber.Index;
        _all[Length] = null!;
        subscriber.Index = -1;
        subscriber.Cursor.CountIn(null);
        if (_all.Length > 64 && Length < _all.Length / 4)
        {
            Array.Resize(ref _all, _all.Length / 2);
        }
    }
}

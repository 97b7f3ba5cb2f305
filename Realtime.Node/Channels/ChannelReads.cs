using Realtime.Cluster.Journal;
using Realtime.Cluster.Kernel;
using Realtime.Messages.Ids;
using Realtime.Node.Channels.Core;
using Realtime.Node.Namespaces;

namespace Realtime.Node.Channels;

/// <summary>Asks the store what a channel's machine wants to know of its log, and gives the answers back as inputs.</summary>
/// <param name="resolveLater">The tag the owner is told with when it is time to look at the head again.</param>
internal sealed class ChannelReads(
    ChannelServices services, NamespacePolicy space, ChannelLog log, Action<ChannelInput> signal, ITimerTarget owner, int resolveLater)
{
    private static readonly TimeSpan ResolveAgain = TimeSpan.FromSeconds(1);

    /// <summary>The last message that was past its age when the log was opened; null: none was.</summary>
    private long? _expired;

    /// <summary>Questions whose answer has not been taken; askers wait for each.</summary>
    public int UnderWay { get; private set; }

    /// <summary>The channel takes this: an answer among them is not under way any more.</summary>
    public void Took(ChannelInput input) => UnderWay -= input is ChannelInput.SliceRead or ChannelInput.TimeFound ? 1 : 0;

    public async ValueTask<OpenLog> OpenAsync(ChannelName name, ShardFence? fence)
    {
        var opened = await services.Journal.OpenAsync(name, fence).ConfigureAwait(false);
        if (space.History.Age is { } age && opened.Tail <= opened.Head)
        {
            var last = await services.Journal.OffsetBeforeAsync(opened.Log, Oldest(age)).ConfigureAwait(false);
            _expired = last >= opened.Tail ? last : null;
        }

        return opened;
    }

    /// <summary>What was past its age when the log was opened is hidden before the first question, and deleted at the pace of every tick.</summary>
    public void HideExpired()
    {
        if (_expired is { } last)
        {
            log.Hide(last + 1);
            signal(new ChannelInput.AgeTick());
        }
    }

    public void Read(LogRead read)
    {
        UnderWay++;
        _ = ReadAsync(read);
    }

    public void Find(ChannelEffect.FindTime find)
    {
        UnderWay++;
        if (space.Durability is Durability.Journal)
        {
            _ = FindAsync(find);
            return;
        }

        var recent = log.Recent;
        var offset = log.Tail - 1;
        while (recent.Covers(offset + 1) && recent[offset + 1].At < find.At)
        {
            offset++;
        }

        signal(new ChannelInput.TimeFound(find.To, find.Request, offset));
    }

    /// <summary>Looks where the log ends, until the store can say.</summary>
    public void Resolve() => _ = ResolveAsync();

    private async Task ReadAsync(LogRead read)
    {
        LogSlice? slice = null;
        try
        {
            slice = await services.Journal.ReadAsync(log.Id, read.After, read.Limit, read.MaxBytes).ConfigureAwait(false);
            if (space.History.Age is { } age && slice.Messages is [var first, ..] && Oldest(age) is var oldest && first.At < oldest)
            {
                slice = await ReadUnexpiredAsync(read, oldest).ConfigureAwait(false);
            }
        }
        catch (Exception failure)
        {
            services.Log.ReadFailed(failure);
        }

        signal(new ChannelInput.SliceRead(read, slice));
    }

    /// <summary>From behind what is past its age; readers see the rest as trimmed.</summary>
    private async Task<LogSlice> ReadUnexpiredAsync(LogRead read, long oldest)
    {
        var expired = await services.Journal.OffsetBeforeAsync(log.Id, oldest).ConfigureAwait(false);
        var after = Math.Max(read.After, expired);

        // A page that goes down ends where it began; one that goes up is as long as ever.
        var limit = read.Reverse ? (int)Math.Max(0, read.Limit - (after - read.After)) : read.Limit;
        var slice = await services.Journal.ReadAsync(log.Id, after, limit, read.MaxBytes).ConfigureAwait(false);
        return slice with { Tail = Math.Max(slice.Tail, after + 1) };
    }

    private long Oldest(TimeSpan age) => services.Time.GetUtcNow().ToUnixTimeMilliseconds() - (long)age.TotalMilliseconds;

    private async Task FindAsync(ChannelEffect.FindTime find)
    {
        long? offset = null;
        try
        {
            offset = await services.Journal.OffsetBeforeAsync(log.Id, find.At).ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            services.Log.ReadFailed(failure);
        }

        signal(new ChannelInput.TimeFound(find.To, find.Request, offset));
    }

    private async Task ResolveAsync()
    {
        try
        {
            var slice = await services.Journal.HeadAsync(log.Id).ConfigureAwait(false);
            signal(new ChannelInput.HeadKnown(slice.Head));
        }
        catch (Exception failure)
        {
            services.Log.ReadFailed(failure);
            services.Timers.Schedule(ResolveAgain, owner, resolveLater);
        }
    }
}

using Realtime.Cluster.Journal;
using Realtime.Cluster.Kernel;
using Realtime.Node.Channels.Core;
using Realtime.Node.Namespaces;

namespace Realtime.Node.Channels;

/// <summary>Asks the store what a channel's machine wants to know of its log, and gives the answers back as inputs.</summary>
/// <param name="resolveLater">The tag the owner is told with when it is time to look at the head again.</param>
internal sealed class ChannelReads(
    ChannelServices services, NamespacePolicy space, ChannelLog log, Action<ChannelInput> signal, ITimerTarget owner, int resolveLater)
{
    private static readonly TimeSpan ResolveAgain = TimeSpan.FromSeconds(1);

    /// <summary>Questions whose answer has not been taken; askers wait for each.</summary>
    public int UnderWay { get; private set; }

    /// <summary>The channel takes this: an answer among them is not under way any more.</summary>
    public void Took(ChannelInput input) => UnderWay -= input is ChannelInput.SliceRead or ChannelInput.TimeFound ? 1 : 0;

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
        }
        catch (Exception failure)
        {
            services.Log.ReadFailed(failure);
        }

        signal(new ChannelInput.SliceRead(read, slice));
    }

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

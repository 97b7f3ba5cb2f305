using System.Buffers.Binary;
using Realtime.Cluster.Sharding;
using Realtime.Messages.Entities;
using Realtime.Messages.Positions;

namespace Realtime.Tests.Sharding;

/// <summary>
/// Entities that count what they are told and live in memory only: the count goes on from node to node by hand-off, and begins again when its owner is lost.
/// </summary>
internal sealed class TallyKind(Witness witness) : IEntityKind
{
    public EntityKind Kind => EntityKind.Channel;

    public Entity Create(EntityAddress address, IEntityHost host, ReadOnlyMemory<byte>? import) =>
        new Tally(address, host, witness, import is { } bytes ? BinaryPrimitives.ReadInt64LittleEndian(bytes.Span) : 0);

    private sealed class Tally(EntityAddress address, IEntityHost host, Witness witness, long count) : Entity(address, host)
    {
        private long _count = count;

        protected override void Receive(EntityInput input)
        {
            switch (input.Message)
            {
                case ChannelRequest.Publish when witness.IsFenced(Host.Fence!.Value):
                    Host.Fenced();
                    HandOver(input);
                    Stop();
                    break;
                case ChannelRequest.Publish publish:
                    witness.Handled(Address, publish.Producer!.Value, publish.Sequence!.Value, Host.Fence!.Value);
                    input.ReplyTo.Send(new ChannelReply.Published(new StreamPosition(new Epoch(1), ++_count)));
                    break;
                case SessionRequest.Attach attach:
                    witness.Attached.Enqueue(attach.Connection);
                    input.ReplyTo.Send(new SessionReply.Done());
                    break;
                case HandOff when witness.MayHandOff(Address) is { IsCompleted: false } wait:
                    wait.ContinueWith(_ => Tell(input), TaskScheduler.Default);
                    break;
                case HandOff:
                    var state = new byte[8];
                    BinaryPrimitives.WriteInt64LittleEndian(state, _count);
                    StopWith(state);
                    break;
                case Leave or Lost:
                    Stop();
                    break;
                default:
                    throw new ArgumentOutOfRangeException(nameof(input), input.Message, "is not for tallies");
            }
        }
    }
}

using System.Collections.Immutable;
using Akka.Actor;
using Akka.Persistence;
using Akka.Persistence.Journal;
using Realtime.Node.Persistence.Serialization;

namespace Realtime.Tests.Persistence;

/// <summary>A journal of bytes with one unique number per row, whose writes fail, wait and arrive late as <see cref="StageStore"/> says.</summary>
internal sealed class StageJournal : AsyncWriteJournal
{
    private readonly StageStore _store = StageStore.Of(Context.System);
    private readonly ActorSystem _system = Context.System;

    public override Task ReplayMessagesAsync(
        IActorContext context, string persistenceId, long fromSequenceNr, long toSequenceNr, long max, Action<IPersistentRepresentation> recoveryCallback)
    {
        foreach (var (number, bytes) in _store.Read(fromSequenceNr, toSequenceNr, max))
        {
            var payload = _system.Serialization.Deserialize(bytes, RealtimeSerializer.Number, RealtimeSerializer.EventManifest);
            recoveryCallback(new Persistent(payload, number, persistenceId));
        }

        return Task.CompletedTask;
    }

    public override Task<long> ReadHighestSequenceNrAsync(string persistenceId, long fromSequenceNr, CancellationToken cancellationToken) =>
        Task.FromResult(_store.Highest());

    protected override async Task<IImmutableList<Exception>> WriteMessagesAsync(IEnumerable<AtomicWrite> messages, CancellationToken cancellationToken)
    {
        var results = ImmutableList.CreateBuilder<Exception>();
        foreach (var message in messages.SelectMany(write => (IImmutableList<IPersistentRepresentation>)write.Payload))
        {
            var bytes = _system.Serialization.FindSerializerFor(message.Payload).ToBinary(message.Payload);
            results.Add((await _store.WriteAsync(message.SequenceNr, bytes))!);
        }

        return results.ToImmutable();
    }

    protected override Task DeleteMessagesToAsync(string persistenceId, long toSequenceNr, CancellationToken cancellationToken)
    {
        _store.Delete(toSequenceNr);
        return Task.CompletedTask;
    }
}

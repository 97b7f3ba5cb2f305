using Realtime.Cluster.Journal;
using Realtime.Messages.Entities;

namespace Realtime.Cluster.Sharding;

/// <summary>
/// An entity whose state is in the store: it loads on its first message, and what comes meanwhile waits. When it cannot be loaded
/// those who wait are refused and the entity stops, so that the next message tries again with a new one.
/// </summary>
public abstract class LoadingEntity<TState>(EntityAddress address, IEntityHost host) : Entity(address, host)
{
    private List<EntityInput>? _waiting = [];
    private bool _loading;

    protected bool IsLoaded => _waiting is null;

    /// <summary>
    /// What waited for the state is being handled. An entity that stopped now would lose the rest of it: it hands that over, and stops in
    /// <see cref="Drained"/>.
    /// </summary>
    protected bool IsDraining { get; private set; }

    protected sealed override void Receive(EntityInput input)
    {
        switch (input.Message)
        {
            case Loaded loaded:
                OnLoaded(loaded);
                break;
            case Leave or Lost when _waiting is not null:
                _waiting.ForEach(HandOver);
                Stop();
                break;
            case HandOff when _waiting is not null:
                _waiting.ForEach(HandOver);
                StopUnloaded();
                break;
            case EntityMessage message when _waiting is not null && (_loading || !IsBirth(message)):
                _waiting.Add(input);
                BeginLoad();
                break;
            case EntityMessage:
                _waiting = null;
                Handle(input);
                break;
            default:
                Handle(input);
                break;
        }
    }

    /// <summary>Reads the state. May run on any thread once it has waited.</summary>
    protected abstract ValueTask<TState> LoadAsync();

    /// <summary>Takes the state over, before the first message is handled.</summary>
    protected abstract void Start(TState state);

    /// <summary>What those who wait are told when the state cannot be read.</summary>
    protected abstract EntityReply.Refused CannotLoad(Exception failure);

    /// <summary>Whether a first message proves that there is nothing to load.</summary>
    protected virtual bool IsBirth(EntityMessage message) => false;

    /// <summary>What its predecessor on another node gave it, as long as it has not been taken over: handed on as it is when the shard moves again.</summary>
    protected virtual ReadOnlyMemory<byte>? Import => null;

    /// <summary>A message, once the state is there; a signal of the shell at any time.</summary>
    protected abstract void Handle(EntityInput input);

    /// <summary>Everything that waited has been handled.</summary>
    protected virtual void Drained()
    {
    }

    /// <summary>Loads although no message has come yet; does nothing when it has begun.</summary>
    protected void BeginLoad()
    {
        if (!_loading && _waiting is not null)
        {
            _loading = true;
            _ = AwaitLoadAsync();
        }
    }

    private async Task AwaitLoadAsync()
    {
        try
        {
            var state = await LoadAsync().ConfigureAwait(false);
            Tell(new EntityInput(new Loaded(state, null)));
        }
        catch (Exception failure)
        {
            Tell(new EntityInput(new Loaded(default, failure)));
        }
    }

    private void OnLoaded(Loaded loaded)
    {
        var waiting = _waiting!;
        if (loaded.Failure is StoreFencedException)
        {
            // Another node owns it: what waits is for that one.
            Host.Fenced();
            waiting.ForEach(HandOver);
            Stop();
            return;
        }

        if (loaded.Failure is { } failure)
        {
            var refusal = CannotLoad(failure);
            foreach (var input in waiting)
            {
                input.ReplyTo.Send(refusal);
            }

            Stop();
            return;
        }

        _waiting = null;
        IsDraining = true;
        Start(loaded.State!);
        foreach (var input in waiting)
        {
            Receive(input);
        }

        IsDraining = false;
        Drained();
    }

    private void StopUnloaded()
    {
        if (Import is { } import)
        {
            StopWith(import);
        }
        else
        {
            Stop();
        }
    }

    private sealed record Loaded(TState? State, Exception? Failure);
}

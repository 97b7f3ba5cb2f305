namespace Realtime.Messages.Entities;

/// <summary>What may be told to an entity, wherever it lives. Immutable: it may cross to another node.</summary>
public abstract record EntityMessage
{
    /// <summary>Whether it may be sent again when nobody knows if it arrived: it is recognised, or does the same once more.</summary>
    public virtual bool IsRepeatable => true;

    /// <summary>
    /// Whether it is pointless, and may do harm, once whoever asked is gone: it speaks of the asker itself. Such a message that still waits for an owner then is not
    /// sent any more.
    /// </summary>
    public virtual bool IsOfItsAsker => false;

    /// <summary>What it counts against limits while it waits, in bytes.</summary>
    public virtual int Size => 256;
}

namespace Realtime.Node.Persistence.Journal;

/// <summary>An event that knows how many bytes it takes in the store, about.</summary>
public interface IHasSize
{
    int Size { get; }
}

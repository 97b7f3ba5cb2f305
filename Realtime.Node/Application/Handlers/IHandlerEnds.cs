namespace Realtime.Node.Application.Handlers;

/// <summary>What each way in which a run of a handler can end means to whoever asked for it.</summary>
internal interface IHandlerEnds<TEnd>
{
    /// <exception cref="InvalidOperationException">A handler of this kind must not return that.</exception>
    TEnd Returned(object? value);

    TEnd Refused(RefusedException refused);

    /// <summary>Too many run and wait.</summary>
    TEnd Busy();

    TEnd TooSlow(TimeSpan limit);

    /// <summary>It threw; that is in the log.</summary>
    TEnd Failed();
}

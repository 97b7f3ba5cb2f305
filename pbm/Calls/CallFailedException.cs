using Realtime.Messages.Operators;

namespace Realtime.Pbm.Calls;

/// <summary>Why a verb comes to nothing: what is told, and what the process ends with.</summary>
internal sealed class CallFailedException(int exitCode, OperatorError error, Exception? cause = null) : Exception(error.Message, cause)
{
    public int ExitCode => exitCode;

    public OperatorError Error => error;

    /// <summary>Whether it may go by itself: a node that is away comes back.</summary>
    public bool Passing => exitCode is PbmExitCodes.NobodyAnswers or PbmExitCodes.Unfinished;

    public static CallFailedException Usage(string message, string? field = null) => new(PbmExitCodes.BadArguments, new OperatorError("bad_request", message, field));
}

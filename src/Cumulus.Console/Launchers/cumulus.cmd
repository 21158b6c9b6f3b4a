@echo off
dotnet "%~dp0Cumulus\console\Cumulus.Console.dll" %*

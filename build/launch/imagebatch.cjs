// Starts the converter.
import('./service.js');
